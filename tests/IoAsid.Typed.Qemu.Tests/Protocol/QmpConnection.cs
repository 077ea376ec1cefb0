using System.Text.Json;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A connection to the monitor of QEMU (QMP), which plugs and unplugs devices. Each message is a line of JSON.</summary>
internal sealed class QmpConnection : IDisposable
{
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    /// <summary>Begins a session on a stream, which is disposed with the connection.</summary>
    public QmpConnection(Stream stream)
    {
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
        // Skips the greeting of QEMU.
        _ = ReadMessage();
        Execute("qmp_capabilities", new { });
    }

    /// <summary>Executes a command, and ignores the events before its reply.</summary>
    /// <param name="command">The name of the command.</param>
    /// <param name="arguments">An object whose properties are the arguments.</param>
    /// <exception cref="QtestException">QEMU refused the command.</exception>
    public void Execute(string command, object arguments)
    {
        _writer.WriteLine(JsonSerializer.Serialize(new { execute = command, arguments }));
        while (true)
        {
            JsonElement message = ReadMessage();
            if (message.TryGetProperty("error", out JsonElement error))
                throw new QtestException($"{command}: {error}");
            if (message.TryGetProperty("return", out _))
                return;
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
    }

    private JsonElement ReadMessage() =>
        JsonDocument.Parse(_reader.ReadLine() ?? throw new QtestException("The monitor of QEMU closed the connection.")).RootElement;
}
