/// Says where a value was written, for sentences about it.
struct PoolOrigins {
    let contents: FileContents
    let section: FileContents.Section
    let environment: EnvironmentOverrides

    /// What a sentence begins with, and the place in the file if it is there.
    func place(of path: [String], in layer: PoolLayers.Layer) -> (subject: String, position: FilePosition?) {
        let name = path.joined(separator: ".")
        switch layer {
        case .environment: return (variable([section.name] + path), nil)
        case .environmentURL: return ("the parameter \(parameter(path)) of \(variable([section.name, "url"]))", nil)
        case .file: return ("pools.\(section.name).\(name)", value(name, of: section)?.position)
        case .fileURL:
            return (
                "the parameter \(parameter(path)) of pools.\(section.name).url", value("url", of: section)?.position
            )
        case .environmentDefaults: return (variable(["defaults"] + path), nil)
        case .fileDefaults: return ("defaults.\(name)", value(name, of: contents.defaults)?.position)
        }
    }

    /// What the file says, if that layer is of the file.
    func value(of path: [String], in layer: PoolLayers.Layer) -> FileContents.Value? {
        switch layer {
        case .file: value(path.joined(separator: "."), of: section)
        case .fileDefaults: value(path.joined(separator: "."), of: contents.defaults)
        default: nil
        }
    }

    private func value(_ name: String, of section: FileContents.Section) -> FileContents.Value? { section.values[name] }

    private func variable(_ components: [String]) -> String {
        "environment variable \(environment.name(of: components))"
    }

    private func parameter(_ path: [String]) -> String {
        PoolSettings.byName[path.joined(separator: ".")]?.parameter ?? ""
    }
}
