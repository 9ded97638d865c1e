internal import PoolingCommandLine

@main struct Main {
    static func main() async {
        var tool = PoolingTool()
        tool.drivers.register(SQLiteBenchmark())
        tool.drivers.register(PostgresBenchmark())
        tool.drivers.register(MariaDBBenchmark())
        await tool.run()
    }
}
