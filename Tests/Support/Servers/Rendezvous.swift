/// Lets nobody pass before all have come.
package actor Rendezvous {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { missing = count }

    package func arrive() async {
        missing -= 1
        if missing > 0 { return await withCheckedContinuation { waiting.append($0) } }
        for waiter in waiting { waiter.resume() }
        waiting = []
    }
}
