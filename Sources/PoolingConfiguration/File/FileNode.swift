/// What a YAML or JSON file says, as far as pools need it.
indirect enum FileNode {
    /// A text, a number, a flag or nothing at all.
    case scalar(FileScalar)
    case mapping([FileEntry])
    /// Nobody asks for what is in it.
    case list
    /// Deeper than anything that is read here.
    case tooDeep

    var isMapping: Bool { if case .mapping = self { true } else { false } }
}

struct FileEntry {
    /// nil: no text at all, but a list or a mapping.
    var key: String?
    var keyPosition: FilePosition
    var value: FileNode
    /// Begins behind the key.
    var position: FilePosition
}

struct FileScalar: Hashable {
    var text: String
    /// Without quotes: then `null` and nothing at all have a meaning.
    var isPlain: Bool
    /// `!!binary`, `!env`: of which none is read.
    var hasForeignTag: Bool

    var isEmpty: Bool { isPlain && text.isEmpty }
    var isNull: Bool { isPlain && ["~", "null", "Null", "NULL"].contains(text) }
}
