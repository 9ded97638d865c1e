internal import Foundation
public import PoolingCore

/// A YAML or JSON file that says which pools there are, with environment variables over it.
///
///     try await registry.fill(from: PoolFile("pools.yaml"))
///     …
///     print(try await registry.reload())
///
/// Keys, notations, variables and URL parameters: <doc:PoolsFromAFile>. Everything that is wrong is found when the registry is
/// filled, and told at once as a ``PoolFileError``.
public struct PoolFile: PoolSource {
    /// As it was given.
    public let path: String
    /// What the names of variables begin with; nil: none is looked at.
    public let environmentPrefix: String?
    private let environment: [String: String]?

    /// How large a file may be, in bytes: 1 MiB.
    public static let greatestSize = 1 << 20

    /// - Parameters:
    ///   - path: of the file. What it ends with does not matter: JSON is YAML, too. Relative ones begin at the process's
    ///     folder.
    ///   - environmentPrefix: in capitals, as in `POOLS` for `POOLS_MAIN_MAX`. Every variable that begins with it and an
    ///     underscore has to override something. nil: none is looked at.
    ///   - environment: what overrides come from, and the passwords that the file refers to; nil: the process's own.
    public init(_ path: String, environmentPrefix: String? = "POOLS", environment: [String: String]? = nil) {
        self.path = path
        self.environmentPrefix = environmentPrefix
        self.environment = environment
    }

    /// Reads the file anew. Off the cooperative thread pool; O(size).
    /// - Throws: ``PoolFileError`` with all mistakes; `CancellationError`.
    public func pools(checkedBy check: PoolCheck) async throws -> [PoolSpecification] {
        let bytes: [UInt8]
        do {
            bytes = try await FileReader.bytes(of: path, limit: Self.greatestSize)
        } catch let failure as FileReader.Failure {
            var mistakes = MistakeList(file: path)
            mistakes.add("the file \(failure.reason)")
            try mistakes.check()
            throw failure
        }
        return try await pools(in: bytes, checkedBy: check)
    }

    /// ``pools(checkedBy:)`` with what stands in the file.
    package func pools(in bytes: [UInt8], checkedBy check: PoolCheck) async throws -> [PoolSpecification] {
        var mistakes = MistakeList(file: path)
        let contents = try Self.contents(of: bytes, &mistakes)
        let variables = environment ?? ProcessInfo.processInfo.environment
        if let environmentPrefix, !Self.isPrefix(environmentPrefix) {
            mistakes.add("the prefix of environment variables has to be capitals, digits and underscores, as in POOLS")
            try mistakes.check()
        }
        let overrides = EnvironmentOverrides(prefix: environmentPrefix, in: variables)
        overrides.check(contents, &mistakes)
        let file = FileProviders(contents)
        var specifications: [PoolSpecification] = []
        for (index, section)
            in ([FileContents.Section(name: "", position: contents.defaults.position)] + contents.pools)
            .enumerated()
        {
            try Task.checkCancellation()
            var reader = PoolReader(
                PoolOrigins(contents: contents, section: section, environment: overrides),
                PoolLayers(section.name, overrides, file), check: check, folder: folder, variables: variables,
                mistakes: mistakes)
            // The first one stands for the defaults alone.
            if index == 0 {
                reader.checkValues()
            } else if let specification = await reader.specification() {
                specifications.append(specification)
            }
            mistakes = reader.mistakes
        }
        try mistakes.check()
        return specifications
    }

    /// What the text of a file says. Throws only what keeps the rest from being understood.
    static func contents(of bytes: [UInt8], _ mistakes: inout MistakeList) throws(PoolFileError) -> FileContents {
        // A mark of the byte order, as some editors write it.
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            mistakes.add("the file is no text in UTF-8", at: firstInvalid(in: body))
            try mistakes.check()
            return FileContents()
        }
        do throws(FileParser.Mistake) {
            if let root = try FileParser.parse(text, &mistakes) { return FileContents(root, &mistakes) }
            mistakes.add("the file is empty; write pools: {main: {url: …}}", at: FilePosition(line: 1, column: 1))
        } catch {
            mistakes.add("the file \(error.message)", at: error.position)
        }
        try mistakes.check()
        return FileContents()
    }

    /// The line of the first byte that is none of UTF-8.
    private static func firstInvalid(in bytes: ArraySlice<UInt8>) -> FilePosition {
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where String(validating: line, as: UTF8.self) == nil {
            return FilePosition(line: index + 1, column: 1)
        }
        return FilePosition(line: 1, column: 1)
    }

    private static func isPrefix(_ text: String) -> Bool {
        EnvironmentOverrides.isName(text) && text == text.uppercased()
    }

    /// Where the file is, with a slash at the end.
    private var folder: String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
    }
}
