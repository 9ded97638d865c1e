internal import PoolingCore

/// Puts one pool together from its layers. What is wrong goes to the list of mistakes.
struct PoolReader {
    let origins: PoolOrigins
    let check: PoolCheck
    /// Where relative paths of passwords begin.
    let folder: String
    let variables: [String: String]
    var layers: PoolLayers
    var mistakes: MistakeList

    private var section: FileContents.Section { origins.section }

    /// - Returns: nil if anything is wrong with it.
    mutating func specification() async -> PoolSpecification? {
        let url = self.url()
        let configuration = self.configuration()
        if let configuration { validate(configuration) }
        let password = await self.password()
        // What others have done wrong keeps nobody from looking at this one.
        guard ownMistakes == 0, let url, let configuration, case .some(let password) = password
        else { return nil }
        let specification = PoolSpecification(
            name: section.name, url: url, password: password, configuration: configuration)
        return await isTaken(specification) ? specification : nil
    }

    private var ownMistakes = 0

    init(
        _ origins: PoolOrigins, _ layers: PoolLayers, check: PoolCheck, folder: String, variables: [String: String],
        mistakes: MistakeList
    ) {
        self.origins = origins
        self.layers = layers
        self.check = check
        self.folder = folder
        self.variables = variables
        self.mistakes = mistakes
    }

    private mutating func add(_ message: String, at position: FilePosition?) {
        ownMistakes += 1
        mistakes.add(message, at: position)
    }

    // MARK: Where it is

    /// Takes the pool's parameters out of it.
    private mutating func url() -> String? {
        guard let answer = layers.value(of: ["url"]) else {
            add("pools.\(section.name) has no url; write one, as in url: \(example)", at: section.position)
            return nil
        }
        let (subject, position) = origins.place(of: ["url"], in: answer.layer)
        if answer.text.isEmpty || origins.value(of: ["url"], in: answer.layer)?.isNull == true {
            add("\(subject) is empty; write a URL, as in \(example)", at: position)
            return nil
        }
        let parts = URLParameters(answer.text)
        for mistake in parts.mistakes { add("\(subject) \(mistake)", at: position) }
        if !parts.parameters.isEmpty { layers = layers.adding(parts.parameters, of: answer.layer) }
        for parameter in parts.parameters { checkIsSetOnce(parameter.setting, answer.layer) }
        let scheme = parts.url.firstIndex(of: ":").map { parts.url[..<$0].lowercased() }
        let known = check.schemes
        guard let scheme, known.contains(scheme) else {
            let near = scheme.flatMap { Spelling.nearest(to: $0, among: known) }.map { "; did you mean \($0):" }
            let hint = known.isEmpty ? "; register() a driver first" : "; known are \(known.joined(separator: ", "))"
            let what = scheme == nil ? "begins with no scheme" : "begins with a scheme that no driver is registered for"
            add("\(subject) \(what)\(near.map { "\($0)?" } ?? hint)", at: position)
            return nil
        }
        return parts.url
    }

    /// A URL of the file against the section, and one of the environment against the environment.
    private mutating func checkIsSetOnce(_ setting: PoolSetting, _ beside: PoolLayers.Layer) {
        guard layers.has(setting.path, in: beside) else { return }
        let inside: PoolLayers.Layer = beside == .environment ? .environmentURL : .fileURL
        let (subject, position) = origins.place(of: setting.path, in: beside)
        let other = origins.place(of: setting.path, in: inside).subject
        add("\(subject) is set twice, also by \(other); remove one of them", at: position)
    }

    private var example: String {
        switch check.schemes.first {
        case "sqlite": "sqlite:/srv/app.db"
        case let scheme?: "\(scheme)://user@host/database"
        case nil: "postgres://user@host/database"
        }
    }

    // MARK: How it behaves

    /// - Returns: nil if a value is none.
    private mutating func configuration() -> PoolConfiguration? {
        var configuration = PoolConfiguration()
        var isRight = true
        for setting in PoolSettings.all {
            guard let answer = layers.value(of: setting.path) else { continue }
            do throws(NotationMistake) {
                try setting.write(answer.text, &configuration)
            } catch {
                let (subject, position) = origins.place(of: setting.path, in: answer.layer)
                add("\(subject) \(error.rule)", at: position)
                isRight = false
            }
        }
        return isRight ? configuration : nil
    }

    /// Looks at the values of the defaults for themselves, which every pool may have others for.
    mutating func checkValues() { _ = configuration() }

    private mutating func validate(_ configuration: PoolConfiguration) {
        do throws(PoolConfigurationError) {
            try configuration.validate()
        } catch {
            add(contradiction(error))
        }
    }

    private mutating func add(_ said: (message: String, position: FilePosition?)) {
        add(said.message, at: said.position)
    }

    /// A rule that was broken, said of the key that breaks it, with the place of the other key that it is about.
    private func contradiction(_ error: PoolConfigurationError) -> (message: String, position: FilePosition?) {
        let path = error.field.split(separator: ".").map(String.init)
        let partner = PoolSettings.partner(of: error.field)?.split(separator: ".").map(String.init)
        let other = partner.flatMap { path in
            layers.value(of: path).map { origins.place(of: path, in: $0.layer) }
        }
        guard let own = layers.value(of: path).map({ origins.place(of: path, in: $0.layer) }) else {
            let (subject, position) = other ?? ("pools.\(section.name)", section.position)
            return (
                "\(subject) does not go with \(error.field), which is \(error.value) where nothing is said, but "
                    + error.rule, position
            )
        }
        var message = "\(own.subject) is \(error.value), but \(error.rule)"
        if let other, let partner {
            let line = other.position.map { " (line \($0.line))" } ?? ""
            message += "; \(partner.joined(separator: ".")) is set by \(other.subject)\(line)"
        }
        return (message, own.position)
    }

    // MARK: What it proves itself with

    /// - Returns: nil if it can't be had; the password or nil for none otherwise.
    private mutating func password() async -> PoolPassword?? {
        let answers = PoolLayers.passwordKeys.compactMap { path in layers.value(of: path).map { (path, $0) } }
        guard let layer = answers.map(\.1.layer.rawValue).min() else { return .some(nil) }
        let highest = answers.filter { $0.1.layer.rawValue == layer }
        let (path, answer) = highest[0]
        let (subject, position) = origins.place(of: path, in: answer.layer)
        if highest.count > 1 {
            let other = origins.place(of: highest[1].0, in: highest[1].1.layer).subject
            add("\(subject) is set twice, also by \(other); remove one of them", at: position)
            return nil
        }
        let isNull = origins.value(of: path, in: answer.layer)?.isNull == true
        if isNull, path.count == 1 { return .some(nil) }
        do {
            if isNull { throw PasswordReference.Failure(rule: "has no value") }
            switch path.last {
            case "file":
                if answer.text.isEmpty { throw PasswordReference.Failure(rule: "is empty") }
                let isWhole = answer.text.hasPrefix("/")
                return try await PasswordReference.file(isWhole ? answer.text : folder + answer.text)
            case "env": return try PasswordReference.variable(answer.text, in: variables)
            default: return try PasswordReference.literal(answer.text)
            }
        } catch {
            let rule = (error as? PasswordReference.Failure)?.rule ?? "can't be read at present"
            add("\(subject) \(rule)", at: position)
            return nil
        }
    }

    // MARK: Whether it is taken

    /// Asks the registry and the driver.
    private mutating func isTaken(_ specification: PoolSpecification) async -> Bool {
        do {
            try await check(specification)
            return true
        } catch let error as PoolConfigurationError {
            let redaction = await self.redaction(of: specification)
            let (place, isOwn) = self.place(of: error.field)
            let rule = redaction.withoutSecrets(error.rule)
            let value = redaction.isHarmless(error.value) ? "is \(error.value), but " : ""
            let what = isOwn ? "" : " is refused by its driver: \(redaction.withoutSecrets(error.field))"
            add("\(place.subject)\(what) \(value)\(rule)", at: place.position)
        } catch let error as PoolRegistryError where error.code == .passwordNotTaken {
            let place = self.place(of: "password").place
            add("\(place.subject) can't be used: \(error)", at: place.position)
        } catch let error as PoolRegistryError {
            add("\(error)", at: section.position)
        } catch {
            let redaction = await self.redaction(of: specification)
            let place = self.place(of: "url").place
            add("\(place.subject) is refused by its driver: \(redaction.withoutPieces("\(error)"))", at: place.position)
        }
        return false
    }

    /// The key that a driver's error is about, if it was written; else the URL that the driver is made from.
    private func place(of field: String) -> (place: (subject: String, position: FilePosition?), isOwn: Bool) {
        let path = field.split(separator: ".").map(String.init)
        let isKey = PoolSettings.byName[field] != nil
        if isKey, let answer = layers.value(of: path) {
            return (origins.place(of: path, in: answer.layer), true)
        }
        if field == "password" {
            let answers = PoolLayers.passwordKeys.compactMap { path in layers.value(of: path).map { (path, $0.layer) } }
            if let answer = answers.min(by: { $0.1.rawValue < $1.1.rawValue }) {
                return (origins.place(of: answer.0, in: answer.1), true)
            }
        }
        let layer = layers.value(of: ["url"])?.layer ?? .file
        return (origins.place(of: ["url"], in: layer), false)
    }

    private func redaction(of specification: PoolSpecification) async -> Redaction {
        Redaction(url: specification.url, password: try? await specification.password?.current())
    }
}
