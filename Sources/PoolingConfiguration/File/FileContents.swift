/// What a file says, key by key, with the place of each value.
struct FileContents {
    struct Value: Hashable {
        var text: String
        /// `null` without quotes.
        var isNull: Bool
        var position: FilePosition
    }

    struct Section {
        var name: String
        /// Of its name.
        var position: FilePosition
        /// By `max`, `backoff.cap`, `url`, `password`, `password.file`.
        var values: [String: Value] = [:]
    }

    /// In the order of the file.
    var pools: [Section] = []
    var defaults = Section(name: "defaults", position: FilePosition(line: 1, column: 1))

    init() {}

    init(_ root: FileNode, _ mistakes: inout MistakeList) {
        guard case .mapping(let entries) = root else {
            mistakes.add(
                "the file has to be a mapping with the key pools, as in pools: {main: {url: …}}",
                at: FilePosition(line: 1, column: 1))
            return
        }
        var hasPools = false
        for entry in entries {
            switch entry.key {
            case "pools":
                hasPools = true
                readPools(entry, &mistakes)
            case "defaults":
                if let entries = Self.section(entry, "defaults", &mistakes) {
                    defaults.position = entry.keyPosition
                    Self.read(entries, into: &defaults, path: "defaults", isDefaults: true, &mistakes)
                }
            default: mistakes.add(Self.unknown(entry.key, in: "the file", FileKey.top), at: entry.keyPosition)
            }
        }
        if !hasPools {
            mistakes.add(
                "the key pools is missing; write pools: {main: {url: …}}", at: FilePosition(line: 1, column: 1))
        }
    }

    private mutating func readPools(_ entry: FileEntry, _ mistakes: inout MistakeList) {
        guard case .mapping(let entries) = entry.value else {
            return mistakes.add("pools has to be a mapping of names to pools, as in main: {url: …}", at: entry.position)
        }
        for entry in entries {
            guard let name = entry.key, FileKey.isPoolName(name) else {
                mistakes.add(
                    "pools has a name that is none: letters, digits, - and _ make one, up to \(FileKey.mostOfName)",
                    at: entry.keyPosition)
                continue
            }
            // Only what has a section is a name for sure; a word alone may be anything (F63).
            guard let entries = Self.section(entry, "a pool", &mistakes) else { continue }
            var section = Section(name: name, position: entry.keyPosition)
            Self.read(entries, into: &section, path: "pools.\(name)", isDefaults: false, &mistakes)
            pools.append(section)
        }
    }

    private static func section(_ entry: FileEntry, _ path: String, _ mistakes: inout MistakeList) -> [FileEntry]? {
        if case .mapping(let entries) = entry.value { return entries }
        // Somebody has written the heading, and nothing yet.
        if path == "defaults", case .scalar(let scalar) = entry.value, scalar.isEmpty { return [] }
        mistakes.add("\(path) has to be a mapping of keys to values, as in {max: 10}", at: entry.position)
        return nil
    }

    private static func read(
        _ entries: [FileEntry], into section: inout Section, path: String, isDefaults: Bool,
        _ mistakes: inout MistakeList
    ) {
        let known = isDefaults ? FileKey.ofDefaults : FileKey.ofPool
        for entry in entries {
            guard let key = entry.key, known.contains(key) else {
                if isDefaults, entry.key == "url" {
                    mistakes.add("defaults.url can't be: each pool has a url of its own", at: entry.keyPosition)
                } else {
                    mistakes.add(unknown(entry.key, in: path, known), at: entry.keyPosition)
                }
                continue
            }
            let here = "\(path).\(key)"
            switch entry.value {
            case .mapping(let parts): read(parts: parts, of: key, at: entry, into: &section, path: here, &mistakes)
            case .scalar(let scalar):
                if !PoolSettings.parts(of: key).isEmpty {
                    mistakes.add("\(here) has to be a mapping; \(example(of: key))", at: entry.position)
                } else if let value = value(scalar, entry.position, here, &mistakes) {
                    section.values[key] = value
                }
            case .list, .tooDeep: mistakes.add("\(here) is a list and has to be a single value", at: entry.position)
            }
        }
    }

    /// `{file: …}` of a password, the parts of a setting, or `{afterIdle: …}`.
    private static func read(
        parts: [FileEntry], of key: String, at whole: FileEntry, into section: inout Section, path: String,
        _ mistakes: inout MistakeList
    ) {
        let word = PoolSettings.byName[key]?.word
        let known = key == "password" ? FileKey.passwordParts : word.map { [$0] } ?? PoolSettings.parts(of: key)
        if known.isEmpty {
            return mistakes.add("\(path) is a mapping and has to be a single value", at: whole.position)
        }
        if parts.isEmpty || key == "password" && parts.count > 1 {
            return mistakes.add("\(path) is no mapping that means anything; \(example(of: key))", at: whole.position)
        }
        for part in parts {
            guard let name = part.key, known.contains(name) else {
                mistakes.add(unknown(part.key, in: path, known), at: part.keyPosition)
                continue
            }
            guard case .scalar(let scalar) = part.value else {
                mistakes.add("\(path).\(name) has to be a single value", at: part.position)
                continue
            }
            guard var value = value(scalar, part.position, "\(path).\(name)", &mistakes) else { continue }
            if let word {
                // `{failAfter: none}` is `failAfter` alone.
                value.text = value.isNull || ScalarNotation.isNone(value.text) ? word : "\(word) \(value.text)"
                value.isNull = false
                section.values[key] = value
            } else {
                section.values["\(key).\(name)"] = value
            }
        }
    }

    private static func value(
        _ scalar: FileScalar, _ position: FilePosition, _ path: String, _ mistakes: inout MistakeList
    ) -> Value? {
        if scalar.hasForeignTag {
            mistakes.add("\(path) has a tag (!…), and tags are not read", at: position)
        } else if scalar.isEmpty {
            mistakes.add("\(path) has no value; write one, or null where it may be none", at: position)
        } else if scalar.text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\t" && $0 != "\n" }) {
            mistakes.add("\(path) has a control character in it", at: position)
        } else {
            return Value(text: scalar.text, isNull: scalar.isNull, position: position)
        }
        return nil
    }

    private static func unknown(_ key: String?, in path: String, _ known: [String]) -> String {
        if let key, let near = Spelling.nearest(to: key, among: known) {
            let whole = path == "the file" ? key : "\(path).\(key)"
            return "\(whole) is not known; did you mean \(near)?"
        }
        return "\(path) has a key that is not known; known are \(known.joined(separator: ", "))"
    }

    private static func example(of key: String) -> String {
        switch key {
        case "password": "write one of {file: /run/secrets/db} and {env: DB_PASSWORD}"
        case "backoff": "write it as in {initial: 50ms, multiplier: 2, cap: 10s}"
        case "validation": "write it as in {afterIdle: 500ms}"
        default: "write it as in {failAfter: 10s}"
        }
    }
}
