import Foundation
import Testing

/// What the executable `simulate` prints; it must end well.
func simulate(_ arguments: String...) throws -> Data {
    let process = Process()
    process.executableURL = productsFolder.appendingPathComponent("simulate")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return data
}

/// Where the built executables are: beside the bundle of the tests.
private var productsFolder: URL {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    return (bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])).deletingLastPathComponent()
}
