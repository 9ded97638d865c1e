import FileFuzz
import Testing

@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    /// `make fuzz` does it a million times.
    @Test(arguments: 0..<4) func `thousands of damaged files end with a sentence that shows no secret`(_ part: Int)
        async throws
    {
        let counts = try await FileFuzz(seed: 7).run((part * 1000)..<(part * 1000 + 1000))
        #expect(counts.cases == 1000 && counts.mistakes > 1000 && counts.taken > 20)
        // Names of pools are no secrets, but few cases should need that excuse.
        #expect(counts.named < 10)
    }
}
