import PoolingCore
import PoolingTestKit
import Testing

@Suite struct TimingWheelTests {
    private static let tick: Int64 = 1 << 20

    /// What the wheel is for, said plainly: deadlines by index.
    private struct Model {
        var deadlines: [Int: Int64] = [:]

        func isDue(_ index: Int, at now: Int64) -> Bool {
            guard let deadline = deadlines[index] else { return false }
            return roundedUp(deadline) <= (now >> 20)
        }

        func roundedUp(_ deadline: Int64) -> Int64 {
            let (sum, overflow) = deadline.addingReportingOverflow((1 << 20) - 1)
            return (overflow ? .max : sum) >> 20
        }
    }

    @Test(arguments: 1...40)
    func `it fires what a sorted list would, for any schedule`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var now = dice.span(0, 1 << 50)
        var wheel = TimingWheel(now: .init(nanoseconds: now))
        wheel.reserve(64)
        var model = Model()
        for _ in 0..<1500 {
            switch dice.below(10) {
            case 0...4:
                let index = dice.below(64)
                let deadline = now &+ span(&dice)
                wheel.schedule(index, at: .init(nanoseconds: deadline < 0 ? .max - 1 : deadline))
                model.deadlines[index] = deadline < 0 ? .max - 1 : deadline
            case 5:
                let index = dice.below(64)
                wheel.cancel(index)
                model.deadlines[index] = nil
            default:
                now += dice.chance(5) ? dice.span(0, 1 << 45) : dice.span(0, 50 * Self.tick)
                fire(&wheel, &model, now)
            }
            for index in 0..<64 { #expect(wheel.isScheduled(index) == (model.deadlines[index] != nil)) }
            expectNextIsEarly(wheel, model, now)
        }
    }

    private func span(_ dice: inout Dice) -> Int64 {
        switch dice.below(6) {
        case 0: -dice.span(0, 100 * Self.tick)
        case 1: dice.span(0, Self.tick)
        case 2, 3: dice.span(0, 200 * Self.tick)
        case 4: dice.span(0, 1 << 46)
        default: dice.span(0, 1 << 62)
        }
    }

    private func fire(_ wheel: inout TimingWheel, _ model: inout Model, _ now: Int64) {
        while let index = wheel.popDue(at: .init(nanoseconds: now)) {
            #expect(model.isDue(index, at: now), "\(index) fired early")
            model.deadlines[index] = nil
        }
        for index in model.deadlines.keys { #expect(!model.isDue(index, at: now), "\(index) did not fire") }
    }

    private func expectNextIsEarly(_ wheel: TimingWheel, _ model: Model, _ now: Int64) {
        guard let earliest = model.deadlines.values.min() else {
            #expect(wheel.nextDue == nil)
            return
        }
        guard let next = wheel.nextDue else {
            Issue.record("something is scheduled, and nothing is due")
            return
        }
        #expect(next.nanoseconds >> 20 <= max(model.roundedUp(earliest), now >> 20))
    }

    @Test func `following its own next instants, it fires each deadline within a tick`() {
        var dice = Dice(seed: 5)
        let start: Int64 = 77_777_777_777
        for _ in 0..<200 {
            var wheel = TimingWheel(now: .init(nanoseconds: start))
            wheel.reserve(1)
            let deadline = start + dice.span(0, 1 << Int64(20 + dice.below(40)))
            wheel.schedule(0, at: .init(nanoseconds: deadline))
            var wakes = 0
            while let next = wheel.nextDue, wakes < 20 {
                wakes += 1
                if wheel.popDue(at: next) != nil {
                    #expect(next.nanoseconds >= deadline && next.nanoseconds - deadline < Self.tick)
                }
            }
            #expect(wakes <= 9, "one wake for each level at most")
        }
    }

    @Test func `distant future is no deadline`() {
        var wheel = TimingWheel(now: .init(nanoseconds: 0))
        wheel.reserve(1)
        wheel.schedule(0, at: .init(nanoseconds: 5))
        wheel.schedule(0, at: .distantFuture)
        #expect(!wheel.isScheduled(0) && wheel.nextDue == nil)
    }
}
