using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1009 and its fix: no bit of an id is lost silently.</summary>
public sealed class NarrowedIdAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("({|IOASID1009:ushort|})id.Value")]
    [InlineData("({|IOASID1009:byte|})id.Value")]
    [InlineData("({|IOASID1009:short|})id.Value")]
    [InlineData("({|IOASID1009:sbyte|})id.Value")]
    [InlineData("({|IOASID1009:char|})id.Value")]
    [InlineData("({|IOASID1009:UInt16|})id.Value")]
    [InlineData("({|IOASID1009:ushort|})(int)id.Value")]
    [InlineData("({|IOASID1009:ushort|})(id.Value)")]
    [InlineData("({|IOASID1009:ushort|})guest.Value")]
    [InlineData("({|IOASID1009:ushort|})handle.Id.Value")]
    [InlineData("new byte[] { ({|IOASID1009:byte|})id.Value }[0]")]
    [InlineData("((Func<ushort>)(() => ({|IOASID1009:ushort|})id.Value))()")]
    // No bit is lost, or the loss is explicit.
    [InlineData("(int)id.Value")]
    [InlineData("(ulong)id.Value")]
    [InlineData("id.Value")]
    [InlineData("checked((ushort)id.Value)")]
    [InlineData("unchecked((ushort)id.Value)")]
    [InlineData("(ushort)(id.Value & 0xFFFF)")]
    [InlineData("(byte)(id.Value >> 8)")]
    // The code reads the other bits.
    [InlineData("new byte[] { (byte)id.Value, (byte)(id.Value >> 8), (byte)(id.Value >> 16) }[0]")]
    [InlineData("id.Value <= ushort.MaxValue ? (ushort)id.Value : 0")]
    [InlineData("id.Value is < 0x10000 ? (ushort)id.Value : 0")]
    [InlineData("guest.Value < 256 ? ({|IOASID1009:byte|})id.Value : 0")]
    // Not an id.
    [InlineData("(ushort)new Nullable<uint>(7).Value")]
    public Task Expression(string expression) => new RuleTest<NarrowedIdAnalyzer>($$"""
        class Device
        {
            object M(RawIoAsid id, PrivateIoAsid guest, IoAsidHandle<SvaBinding> handle) => {{expression}};
        }
        """).RunAsync(Cancellation);

    /// <summary>The rule knows the aliases of an id, and the locals that its number is assigned to.</summary>
    [Theory]
    [InlineData("RawIoAsid other = id; if (id.Value > 9) return; _ = (ushort)other.Value;")]
    [InlineData("RawIoAsid other = id; if (other.Value > 9) return; _ = (ushort)id.Value;")]
    [InlineData("uint number = id.Value; if (number > 9) return; _ = (ushort)id.Value;")]
    [InlineData("uint number = id.Value; switch (number) { case > 9: return; } _ = (ushort)id.Value;")]
    [InlineData("if (id.Value > 9) return; RawIoAsid other = id; Action later = () => _ = (ushort)other.Value; later();")]
    [InlineData("RawIoAsid other = new(7); if (other.Value > 9) return; _ = ({|IOASID1009:ushort|})id.Value;")]
    [InlineData("uint number = (ushort)guest.Value; if (number > 9 || guest.Value > 9) return; _ = ({|IOASID1009:ushort|})id.Value;")]
    [InlineData("if (id == guestOf) return; _ = ({|IOASID1009:ushort|})id.Value; _ = ({|IOASID1009:ushort|})id.Value + 1;")]
    public Task Names_of_one_id(string statements) => new RuleTest<NarrowedIdAnalyzer>($$"""
        class Device
        {
            void M(RawIoAsid id, RawIoAsid guestOf, PrivateIoAsid guest) { {{statements}} }
        }
        """).RunAsync(Cancellation);

    [Fact]
    public Task Guards_checked_blocks_and_hash_codes() => new RuleTest<NarrowedIdAnalyzer>("""
        class Device(RawIoAsid id)
        {
            ushort Guarded(RawIoAsid pasid) { ArgumentOutOfRangeException.ThrowIfGreaterThan(pasid.Value, 0xFFFFu); return (ushort)pasid.Value; }
            ushort Checked() { checked { return (ushort)id.Value; } }
            ushort Unchecked() { unchecked { return (ushort)id.Value; } }
            public override int GetHashCode() => (ushort)id.Value;
        }
        """).RunAsync(Cancellation);

    [Fact]
    public async Task Message() => Assert.Equal(
        "The conversion of 'id.Value' to 'ushort' drops bits of a RawIoAsid silently, and the result is the number of another id; test the range first, or write 'checked'",
        await Messages.OnlyAsync<NarrowedIdAnalyzer>("class Device { ushort M(RawIoAsid id) => (ushort)id.Value; }", Cancellation));

    [Theory]
    [InlineData("ushort n = ({|IOASID1009:ushort|})id.Value; // to the device", "ushort n = checked((ushort)id.Value); // to the device")]
    [InlineData("string s = (({|IOASID1009:ushort|})id.Value).ToString() + ({|IOASID1009:byte|})(int)id.Value;", "string s = checked((ushort)id.Value).ToString() + checked((byte)(int)id.Value);")]
    public Task Fix(string before, string after) => new FixTest<NarrowedIdAnalyzer, NarrowedIdCodeFixProvider>(InDevice(before), InDevice(after)).RunAsync(Cancellation);

    private static string InDevice(string statements) => $"class Device {{ void M(RawIoAsid id)\n{{\n    {statements}\n}} }}";
}
