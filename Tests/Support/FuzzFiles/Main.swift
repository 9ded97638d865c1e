internal import FileFuzz
internal import Foundation

/// `fuzz-files COUNT [SEED]`: mutated files and URLs for the configuration of pools, on two tasks.
@main struct Main {
    static func main() async {
        do {
            try await run()
        } catch {
            print(error)
            exit(1)
        }
    }

    private static func run() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let count = arguments.first.flatMap { Int($0) } ?? 1_000_000
        let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        let began = ContinuousClock.now
        print("seed \(seed)")
        async let first = FileFuzz(seed: seed).run(0..<(count / 2))
        async let second = FileFuzz(seed: seed).run((count / 2)..<count)
        let (a, b) = try await (first, second)
        print(
            "\(a.cases + b.cases) files and URLs in \(ContinuousClock.now - began): \(a.taken + b.taken) taken, "
                + "\(a.mistakes + b.mistakes) mistakes told, the longest took \(max(a.longest, b.longest)); the canary was "
                + "nowhere but in \(a.named + b.named) names of pools")
    }
}
