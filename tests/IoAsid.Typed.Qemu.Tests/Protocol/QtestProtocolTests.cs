using System.Text;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The protocol without QEMU.</summary>
public sealed class QtestProtocolTests
{
    [Theory]
    [InlineData("OK", 0, "")]
    [InlineData("OK 0x12", 0, "0x12")]
    [InlineData("FAIL Unknown command", 1, "Unknown command")]
    [InlineData("ERR no such port", 1, "no such port")]
    [InlineData("IRQ raise 3", 2, "raise 3")]
    public void Replies_are_parsed(string line, int kind, string text) => Assert.Equal(new QtestReply((QtestReplyKind)kind, text), QtestReply.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("OKAY")]
    [InlineData("0x12")]
    public void A_line_of_another_kind_is_refused(string line) => Assert.Throws<QtestException>(() => QtestReply.Parse(line));

    [Theory]
    [InlineData("OK 0xffffffffffffffff", ulong.MaxValue)]
    [InlineData("OK 4294967296", 1UL << 32)]
    [InlineData("OK 0x0", 0UL)]
    public void Values_are_parsed(string line, ulong value) => Assert.Equal(value, QtestReply.Parse(line).Value);

    [Theory]
    [InlineData("OK")]
    [InlineData("OK 0x")]
    [InlineData("OK -1")]
    [InlineData("OK 0x10000000000000000")]
    public void A_reply_without_a_value_is_refused(string line) => Assert.Throws<QtestException>(() => QtestReply.Parse(line).Value);

    [Theory]
    [InlineData("OK 0x01ff", true)]
    [InlineData("OK 0x01", false)]
    [InlineData("OK 01ff", false)]
    [InlineData("OK 0x01fg", false)]
    public void Bytes_are_parsed(string line, bool fits)
    {
        byte[] bytes = new byte[2];
        Exception? refusal = Record.Exception(() => QtestReply.Parse(line).CopyTo(bytes));
        Assert.Equal(fits, refusal is null);
        Assert.Equal(fits ? [1, 255] : (byte[])[0, 0], bytes);
    }

    [Fact]
    public void A_command_is_a_line_and_lines_about_interrupts_are_kept_apart()
    {
        using ScriptedStream stream = new("IRQ raise 3\nOK 0x2a\nOK\nOK 0x0102\nOK 5000\n");
        using QtestConnection connection = new(stream);

        Assert.Equal(42UL, connection.ReadUInt64(0x1000));
        connection.WriteUInt32(0x20, 0xAB);
        byte[] bytes = new byte[2];
        connection.Read(0x30, bytes);
        Assert.Equal(5000, connection.MoveClock(250));

        Assert.Equal("readq 0x1000\nwritel 0x20 0xab\nread 0x30 0x2\nclock_step 250\n", stream.Sent);
        Assert.Equal(["raise 3"], connection.Interrupts);
        Assert.Equal(4, connection.Commands);
        Assert.Equal([1, 2], bytes);
    }

    [Theory]
    [InlineData("FAIL Unknown command 'readq'\n", "readq")]
    [InlineData("", "ended")]
    public void A_command_that_is_refused_or_not_answered_fails(string replies, string reason)
    {
        using ScriptedStream stream = new(replies);
        using QtestConnection connection = new(stream);
        Assert.Contains(reason, Assert.Throws<QtestException>(() => connection.ReadUInt64(0)).Message, StringComparison.Ordinal);
    }

    private sealed class ScriptedStream(string replies) : MemoryStream(Encoding.ASCII.GetBytes(replies), writable: false)
    {
        private readonly StringBuilder _sent = new();

        public string Sent => _sent.ToString();

        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer) => _sent.Append(Encoding.ASCII.GetString(buffer));
    }
}
