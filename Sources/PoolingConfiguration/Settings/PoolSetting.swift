internal import PoolingCore

/// One field of `PoolConfiguration` (or a part of one) by name, and how its value is written.
struct PoolSetting: Sendable {
    /// `["max"]`, `["backoff", "cap"]`.
    let path: [String]
    /// What can be written, for the documentation and its test.
    let notation: String
    let write: @Sendable (String, inout PoolConfiguration) throws(NotationMistake) -> Void
    /// `validation: {afterIdle: 500ms}` is another way to write `validation: afterIdle 500ms`.
    var word: String?

    /// `backoff.cap`.
    var name: String { path.joined(separator: ".") }
    /// In a URL: `pool_backoff_cap`.
    var parameter: String { "pool_" + path.map(Self.snake).joined(separator: "_") }

    /// `acquireTimeout` is `acquire_timeout`.
    private static func snake(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }
}

extension PoolSetting {
    typealias Field<Value> = WritableKeyPath<PoolConfiguration, Value> & Sendable

    static func wholeNumber(_ name: String, _ field: any Field<Int>) -> PoolSetting {
        PoolSetting(path: [name], notation: "a whole number") { text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = try ScalarNotation.wholeNumber(text)
        }
    }

    static func wholeNumber(_ name: String, _ field: any Field<Int?>) -> PoolSetting {
        PoolSetting(path: [name], notation: "a whole number, or none") { text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = ScalarNotation.isNone(text) ? nil : try ScalarNotation.wholeNumber(text)
        }
    }

    static func number(_ path: String..., field: any Field<Double>) -> PoolSetting {
        PoolSetting(path: path, notation: "a number") { text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = try ScalarNotation.number(text)
        }
    }

    static func flag(_ name: String, _ field: any Field<Bool>) -> PoolSetting {
        PoolSetting(path: [name], notation: "true or false") { text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = try ScalarNotation.flag(text)
        }
    }

    static func duration(_ path: String..., field: any Field<Duration>) -> PoolSetting {
        PoolSetting(path: path, notation: "a duration") { text, configuration throws(NotationMistake) in
            if ScalarNotation.isNone(text) { throw NotationMistake("can't be none: no setting means for ever") }
            configuration[keyPath: field] = try DurationNotation.parse(text)
        }
    }

    static func duration(_ name: String, _ field: any Field<Duration?>) -> PoolSetting {
        PoolSetting(path: [name], notation: "a duration, or none") { text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = ScalarNotation.isNone(text) ? nil : try DurationNotation.parse(text)
        }
    }

    static func choice<Value: Sendable>(
        _ name: String, _ field: any Field<Value>, _ choices: [(String, Value)]
    ) -> PoolSetting {
        PoolSetting(path: [name], notation: choices.map(\.0).joined(separator: ", ")) {
            text, configuration throws(NotationMistake) in
            configuration[keyPath: field] = try ScalarNotation.choice(text, of: choices)
        }
    }

    /// A word alone, or a duration, which may have `word` before it.
    static func wordOrDuration<Value: Sendable>(
        _ name: String, _ field: any Field<Value>, words: [(String, Value)], word: String,
        _ value: @escaping @Sendable (Duration) -> Value
    ) -> PoolSetting {
        let names = words.map(\.0)
        return PoolSetting(
            path: [name], notation: (names + ["a duration, or {\(word): a duration}"]).joined(separator: ", "),
            write: { text, configuration throws(NotationMistake) in
                if let choice = words.first(where: { $0.0 == text }) {
                    configuration[keyPath: field] = choice.1
                    return
                }
                var rest = text[...]
                if rest.hasPrefix(word + " ") { rest = rest.dropFirst(word.count + 1) }
                do throws(NotationMistake) {
                    configuration[keyPath: field] = value(try DurationNotation.parse(String(rest)))
                } catch {
                    let known = names.joined(separator: ", ")
                    throw NotationMistake("\(error.rule); its other values are \(known)")
                }
            }, word: word)
    }
}
