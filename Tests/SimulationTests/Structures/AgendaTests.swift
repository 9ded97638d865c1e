import PoolingCore
import PoolingTestKit
import PoolingCore
import Testing

@Test func `The agenda keeps the order of what is planned for one instant`() {
    var agenda = Agenda<Int>()
    for number in 0..<100 { agenda.plan(number, at: .init(nanoseconds: Int64(number % 7))) }
    let taken = (0..<100).compactMap { _ in agenda.take() }
    #expect(taken == (0..<7).flatMap { due in (0..<100).filter { $0 % 7 == due } })
}
