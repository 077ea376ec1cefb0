using System.Globalization;
using System.Text;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The text protocol of QEMU's qtest accelerator. Each command and each reply is a line, with lines about interrupts in between.</summary>
internal sealed class QtestConnection(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);

    /// <summary>The number of commands that were sent.</summary>
    public long Commands { get; private set; }

    /// <summary>The changes of interrupt lines, in order.</summary>
    public List<string> Interrupts { get; } = [];

    public uint ReadUInt32(ulong address) => (uint)Send($"readl 0x{address:x}").Value;

    public ulong ReadUInt64(ulong address) => Send($"readq 0x{address:x}").Value;

    public void WriteUInt32(ulong address, uint value) => Send($"writel 0x{address:x} 0x{value:x}");

    public void WriteUInt64(ulong address, ulong value) => Send($"writeq 0x{address:x} 0x{value:x}");

    public void Read(ulong address, Span<byte> destination) => Send($"read 0x{address:x} 0x{destination.Length:x}").CopyTo(destination);

    public void Write(ulong address, ReadOnlySpan<byte> source) => Send($"write 0x{address:x} 0x{source.Length:x} 0x{Convert.ToHexStringLower(source)}");

    /// <summary>Reads a port of 32 bits.</summary>
    public uint In(int port) => (uint)Send($"inl 0x{port:x}").Value;

    /// <summary>Writes a port of 32 bits.</summary>
    public void Out(int port, uint value) => Send($"outl 0x{port:x} 0x{value:x}");

    /// <summary>Moves the clock of the machine.</summary>
    /// <returns>The time of the machine, in nanoseconds.</returns>
    public long MoveClock(long nanoseconds) => (long)Send(string.Create(CultureInfo.InvariantCulture, $"clock_step {nanoseconds}")).Value;

    public void Dispose()
    {
        _reader.Dispose();
        stream.Dispose();
    }

    private QtestReply Send(string command)
    {
        Commands++;
        stream.Write(Encoding.ASCII.GetBytes(command + "\n"));
        stream.Flush();
        while (true)
        {
            QtestReply reply = QtestReply.Parse(_reader.ReadLine() ?? throw new QtestException($"QEMU ended before it answered '{command}'."));
            if (reply.Kind == QtestReplyKind.Ok)
                return reply;
            if (reply.Kind == QtestReplyKind.Failed)
                throw new QtestException($"QEMU refused '{command}': {reply.Text}");
            Interrupts.Add(reply.Text);
        }
    }
}
