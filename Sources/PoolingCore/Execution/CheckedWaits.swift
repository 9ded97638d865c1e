// What the engine's waits are made of while it is tested (F5).
//
// In debug builds its continuations are checked: one that is resumed twice ends the process, and one that is dropped is
// told of as "CONTINUATION MISUSE", which `make test` and `make mutants` take for a failure. A checked one costs 495
// instructions and an allocation more (729 against 234 for a wait that is over at once), as much as all the rest of a
// wait; so in release builds nothing of this exists. Nor where a sanitizer looks on, which sees what is used too late, and
// whose suppression names the unsafe one.

#if DEBUG && !POOLING_PTHREAD_LOCK

    /// Takes the place of the unsafe one in this module.
    typealias UnsafeContinuation = CheckedContinuation

    nonisolated(nonsending) func withUnsafeContinuation<T>(
        function: String = #function, _ body: (CheckedContinuation<T, Never>) -> Void
    ) async -> sending T {
        await withCheckedContinuation(function: function, body)
    }

    nonisolated(nonsending) func withUnsafeThrowingContinuation<T>(
        function: String = #function, _ body: (CheckedContinuation<T, any Error>) -> Void
    ) async throws -> sending T {
        try await withCheckedThrowingContinuation(function: function, body)
    }

#endif
