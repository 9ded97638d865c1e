internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension ColumnKind {
    /// The value that begins at the reader's position, which is behind it afterwards.
    func value(_ reader: inout WireReader) -> SQLValue {
        switch self {
        case .tiny(let isUnsigned): .integer(isUnsigned ? Int64(reader.byte()) : Int64(Int8(bitPattern: reader.byte())))
        case .short(let isUnsigned):
            .integer(isUnsigned ? Int64(reader.integer(UInt16.self)) : Int64(reader.integer(Int16.self)))
        case .long(let isUnsigned):
            .integer(isUnsigned ? Int64(reader.integer(UInt32.self)) : Int64(reader.integer(Int32.self)))
        case .longLong(let isUnsigned):
            isUnsigned ? Self.unsigned(reader.integer(UInt64.self)) : .integer(reader.integer(Int64.self))
        case .float: .double(Double(Float(bitPattern: reader.integer(UInt32.self))))
        case .double: .double(Double(bitPattern: reader.integer(UInt64.self)))
        case .decimal: Self.decimal(Self.text(reader.bytes()))
        case .bit: Self.unsigned(reader.bytes().reduce(0) { $0 << 8 | UInt64($1) })
        case .date: .text(Moment(&reader).dayText)
        case .dateTime(let decimals): Moment(&reader).value(decimals: decimals)
        case .time(let decimals): .text(TimeSpan(&reader).text(decimals: decimals))
        case .text: .text(Self.text(reader.bytes()))
        case .blob: .blob(Array(reader.bytes()))
        case .json: .json(Self.text(reader.bytes()))
        case .uuid: Self.uuid(Self.text(reader.bytes()))
        case .null: .null
        }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func unsigned(_ number: UInt64) -> SQLValue {
        Int64(exactly: number).map(SQLValue.integer) ?? .decimal(Decimal(number))
    }

    private static func decimal(_ text: String) -> SQLValue {
        DecimalNotation.decimal(text).map(SQLValue.decimal) ?? .text(text)
    }

    private static func uuid(_ text: String) -> SQLValue { UUIDNotation.uuid(text).map(SQLValue.uuid) ?? .text(text) }
}

/// A `date`, `datetime` or `timestamp` as the binary protocol has it: what is zero at the end is left out.
private struct Moment {
    var year = 0
    var month = 0
    var day = 0
    var second = 0
    var microsecond = 0

    init(_ reader: inout WireReader) {
        let length = reader.byte()
        if length >= 4 {
            year = Int(reader.integer(UInt16.self))
            month = Int(reader.byte())
            day = Int(reader.byte())
        }
        if length >= 7 { second = Int(reader.byte()) * 3600 + Int(reader.byte()) * 60 + Int(reader.byte()) }
        if length >= 11 { microsecond = Int(reader.integer(UInt32.self)) }
    }

    var dayText: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    /// What is no day, as 0000-00-00, stays text.
    func value(decimals: Int) -> SQLValue {
        guard let civil = CivilDay(year: year, month: month, day: day) else {
            return .text("\(dayText) \(clock(second))\(fraction(microsecond, decimals))")
        }
        let seconds = civil.daysSince1970 * 86_400 + second - 978_307_200
        return .timestamp(
            Date(timeIntervalSinceReferenceDate: Double(seconds) + Double(microsecond) / 1_000_000))
    }
}

/// A `time`, which may be negative and longer than a day.
private struct TimeSpan {
    private var isNegative = false
    private var second = 0
    private var microsecond = 0

    init(_ reader: inout WireReader) {
        let length = reader.byte()
        if length >= 8 {
            isNegative = reader.byte() == 1
            let days = Int(reader.integer(UInt32.self))
            second = days * 86_400 + Int(reader.byte()) * 3600 + Int(reader.byte()) * 60 + Int(reader.byte())
        }
        if length >= 12 { microsecond = Int(reader.integer(UInt32.self)) }
    }

    func text(decimals: Int) -> String {
        "\(isNegative ? "-" : "")\(clock(second))\(fraction(microsecond, decimals))"
    }
}

private func clock(_ second: Int) -> String {
    "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
}

/// - Parameter decimals: of the column; more than six stand for a column that does not say.
private func fraction(_ microsecond: Int, _ decimals: Int) -> String {
    if decimals == 0 || (decimals > 6 && microsecond == 0) { return "" }
    return "." + padded(microsecond, 6).prefix(min(decimals, 6))
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count < width ? String(repeating: "0", count: width - digits.utf8.count) + digits : digits
}
