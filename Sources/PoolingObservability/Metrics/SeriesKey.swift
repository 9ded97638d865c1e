/// Attributes by which pools are told apart. Two pools with the same ones are added up.
struct SeriesKey: Hashable {
    private struct Attribute: Hashable {
        let name: String
        let value: String
    }

    private let attributes: [Attribute]

    init(_ attributes: [(String, String)]) {
        self.attributes = attributes.map { Attribute(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
    }

    var dimensions: [(String, String)] { attributes.map { ($0.name, $0.value) } }
}
