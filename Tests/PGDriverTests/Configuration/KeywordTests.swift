import PGDriver
import PoolingCore
import Testing

@Suite("A list of keywords") struct KeywordTests {
    @Test(
        "says where and who",
        arguments: [
            ("host=h user=app", "postgres://app@h:5432/app"),
            ("  host = h\n port = 1 user= app dbname ='d b'", "postgres://app@h:1/d b"),
            ("user=app", "postgres://app@localhost:5432/app"),
            ("user='it\\'s' dbname='a\\\\b' host=/run/pg", "postgres://it's@/run/pg:5432/a\\b"),
            ("user=a\\ b host=a,b port=1,2", "postgres://a b@a:1,b:2/a b"),
            ("user=app hostaddr=127.0.0.1", "postgres://app@127.0.0.1:5432/app"),
        ])
    func place(text: String, description: String) throws {
        #expect("\(try PostgresConfiguration(keywords: text))" == description)
    }

    @Test(
        "with a mistake is refused by the part at fault, and nothing of it is repeated",
        arguments: [
            ("user=app Zeisig", "the 2nd keyword is written without ="), ("=Zeisig", "the 1st keyword"),
            ("user=app password='Zeisig", "the 2nd keyword is begun with '"),
            ("user=app password=a Zeisig=b", "the 3rd keyword is not known"),
            ("user=app port=Zeisig", "the port of the 1st host"), ("host=h", "the user is missing"), ("", "the user"),
            ("user=app user=b", "user is given twice"), ("user=app dbname=''", "database is empty"),
        ])
    func mistakes(text: String, hint: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) { try PostgresConfiguration(keywords: text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(hint) && !message.contains("Zeisig"), "\(message)")
    }
}
