internal import Foundation

/// What a person wants to see meanwhile, apart from the result.
enum Progress {
    static func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
