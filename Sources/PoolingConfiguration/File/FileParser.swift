internal import Yams

/// Reads YAML, of which JSON is a part, with the place of everything in it.
///
/// Nothing of the text is in an error: the parser's own description quotes the line, and is not used (F63). Time and memory
/// are bounded by the file's size: anchors and aliases, by which a small file can describe an enormous one, are refused
/// before anything is made of them, and libyaml ends at a thousand levels.
struct FileParser {
    struct Mistake: Error {
        var message: String
        var position: FilePosition?
    }

    /// Levels of mappings that anything is read from.
    static let depth = 8

    /// - Parameter mistakes: gets keys that stand twice; the tree then has the first of them.
    /// - Returns: nil if there is nothing in it.
    static func parse(_ text: String, _ mistakes: inout MistakeList) throws(Mistake) -> FileNode? {
        if let position = Anchors.find(in: text) {
            throw Mistake(
                message:
                    "has an anchor (&…) with its alias (*…), which are not read; what pools share belongs under defaults",
                position: position)
        }
        var text = SurrogatePairs.joined(text)
        var doubles: [FilePosition: Doubles.Renamed] = [:]
        while true {
            switch compose(text) {
            case .success(let node):
                guard let node else { return nil }
                var tree = self.tree(node, 0)
                if !doubles.isEmpty { tree = Doubles.report(in: tree, doubles, path: [], &mistakes) }
                return tree
            case .failure(.broken(let mistake)): throw mistake
            case .failure(.double(let position)):
                // The first of them gets a name of its own, so that the rest can be read and the second one be found.
                guard doubles.count < Doubles.most, doubles[position] == nil,
                    let renamed = Doubles.rename(in: text, at: position, number: doubles.count)
                else { throw Mistake(message: "has a key twice in one mapping", position: position) }
                doubles[position] = renamed.what
                text = renamed.text
            }
        }
    }

    private enum Failure: Error {
        case broken(Mistake)
        case double(FilePosition)
    }

    private static func compose(_ text: String) -> Result<Node?, Failure> {
        do {
            // Without the resolver of types, which would match every word against a dozen patterns.
            return .success(try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot())
        } catch let error as YamlError {
            return .failure(failure(error, in: text))
        } catch {
            return .failure(.broken(Mistake(message: "is no YAML and no JSON", position: nil)))
        }
    }

    private static func failure(_ error: YamlError, in text: String) -> Failure {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // What the library says in words of its own; of the file there is nothing in it.
            let what = (context.map { "\($0.text): " } ?? "") + problem
            return .broken(Mistake(message: "is no YAML and no JSON here (\(what))", position: position(mark)))
        case .duplicatedKeysInMapping(_, let context): return .double(position(context.mark))
        case .reader(let problem, let offset, _, _):
            let line = offset.map { text.prefix($0).count { $0.isNewline } + 1 }
            return .broken(
                Mistake(
                    message: "is no text here (\(problem))", position: line.map { FilePosition(line: $0, column: 1) }))
        default: return .broken(Mistake(message: "is no YAML and no JSON", position: nil))
        }
    }

    private static func tree(_ node: Node, _ level: Int) -> FileNode {
        if level > depth { return .tooDeep }
        switch node {
        case .scalar(let scalar):
            let tag = scalar.tag.description
            return .scalar(
                FileScalar(
                    text: scalar.string, isPlain: scalar.style == .plain,
                    hasForeignTag: !tag.isEmpty && tag != Tag.Name.str.rawValue))
        case .mapping(let mapping):
            return .mapping(
                mapping.map { key, value in
                    FileEntry(
                        key: key.scalar?.string, keyPosition: position(key.mark), value: tree(value, level + 1),
                        position: position(value.mark))
                })
        case .sequence, .alias: return .list
        }
    }

    private static func position(_ mark: Mark?) -> FilePosition {
        FilePosition(line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
    }
}
