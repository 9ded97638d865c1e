import PoolingTestKit
import Testing

@Suite(.serialized) struct ShellMatrixTests {
    @Test func `ok, error, slow or never for each driver call, times each moment of cancellation: all end well`() async
    {
        let matrix = await onItsOwnThread {
            var matrix = ShellMatrix()
            for number in 0..<ShellMatrix.Cell.count { matrix.play(ShellMatrix.Cell(number: number)) }
            return matrix
        }
        for problem in matrix.problems.prefix(10) { Issue.record("\(problem)") }
        #expect(matrix.problems.isEmpty)
        #expect(matrix.endings.allSatisfy { $0 > 0 }, "served, timed out, cancelled: \(matrix.endings)")
    }
}
