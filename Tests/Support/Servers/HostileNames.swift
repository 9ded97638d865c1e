/// Names and texts that mean something to a server, a shell or a format if nobody sees to it.
package enum HostileNames {
    package static let all = [
        "a\"; DROP TABLE t; --", "a`; DROP TABLE t; --", "\"", "\"\"", "`", "``", "'", "a'b", "\\", "\\'", "$1", "?",
        "${x}",
        "\u{202E}x", "é", "a b", "%s%n", "/*", "--", "#", "a\nb", "SELECT", "a.b",
    ]
}
