/// The arguments of a command line, fit to be shown.
enum CommandArguments {
    /// Without passwords: those in URLs, and those in what is typed where a URL was meant.
    static func shown(_ arguments: [String], _ registry: DriverRegistry) -> [String] {
        var isURL = false
        return arguments.map { argument in
            defer { isURL = argument == "--url" }
            if isURL { return registry.url(argument).shown }
            guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else {
                return mayHideSecrets(argument) ? registry.url(argument).shown : argument
            }
            let (option, value) = (argument[...equals], String(argument[argument.index(after: equals)...]))
            return option == "--url=" || mayHideSecrets(value) ? option + registry.url(value).shown : argument
        }
    }

    /// For a shell.
    static func quoted(_ argument: String) -> String {
        let isPlain =
            !argument.isEmpty && argument.allSatisfy { $0.isLetter || $0.isNumber || "-_=./:,@+%".contains($0) }
        return isPlain ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
    }

    static func mayHideSecrets(_ text: String) -> Bool { text.contains { ":=@".contains($0) } }
}
