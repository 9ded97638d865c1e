import Testing

@testable import PoolingConfiguration

@Suite struct SpellingTests {
    @Test(
        arguments: [
            ("maxx", "max"), ("mx", "max"), ("mxa", "max"), ("acquire_timeout", "acquireTimeout"),
            ("aquireTimeout", "acquireTimeout"), ("idletimeout", "idleTimeout"), ("maxLifeTime", "maxLifetime"),
            ("passwort", "password"), ("ulr", "url"), ("backof", "backoff"), ("validations", "validation"),
        ]) func `a slip of the finger finds the word that was meant`(_ typed: String, _ meant: String)
    {
        #expect(Spelling.nearest(to: typed, among: FileKey.ofPool) == meant)
    }

    @Test(arguments: ["hunter2", "correct horse", "", "x", "Zq9xVw7K", String(repeating: "max", count: 40)])
    func `what is like no word is taken for none`(_ typed: String) {
        #expect(Spelling.nearest(to: typed, among: FileKey.ofPool) == nil)
    }

    @Test func `the distance counts letters that are missing, more, others or swapped`() {
        #expect(Spelling.distance(Array("abc"), Array("abc")) == 0)
        #expect(Spelling.distance(Array(""), Array("abc")) == 3)
        #expect(Spelling.distance(Array("acb"), Array("abc")) == 1)
        #expect(Spelling.distance(Array("kitten"), Array("sitting")) == 3)
    }
}
