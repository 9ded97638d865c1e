internal import Foundation

/// The executables that were built along with these tests.
package enum Products {
    package static func path(of name: String) -> String { folder.appendingPathComponent(name).path }

    /// Beside the bundle of the tests.
    private static var folder: URL {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        return (bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])).deletingLastPathComponent()
    }
}
