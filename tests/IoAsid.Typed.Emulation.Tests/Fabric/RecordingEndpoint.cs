using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A function that records messages in the order of arrival.</summary>
internal sealed class RecordingEndpoint(RequesterId requesterId) : IEndpoint, IRegisterBlock
{
    private readonly Dictionary<uint, ulong> _registers = [];

    public List<string> Arrived { get; } = [];

    public byte[] LastRead { get; private set; } = [];

    public TranslationEntry LastTranslation { get; private set; }

    public bool AcceptsCommands { get; set; } = true;

    public byte[] LastCommand { get; private set; } = [];

    public RequesterId RequesterId => requesterId;

    public IRegisterBlock RegisterFile => this;

    public int PortalCount => 1;

    public void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data)
    {
        Arrived.Add($"read {tag} {status}");
        LastRead = data.ToArray();
    }

    public void CompleteAtomic(int tag, CompletionStatus status, ulong previous) => Arrived.Add($"atomic {tag} {status} {previous}");

    public void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries)
    {
        Arrived.Add($"translate {tag} {status}");
        LastTranslation = entries[0];
    }

    public void Receive(in InvalidateRequestMessage message) => Arrived.Add($"invalidate {message.Tag}");

    public void Receive(in PageGroupResponseMessage message) => Arrived.Add($"group {message.GroupIndex}");

    public void AcceptPosted(int portal, ReadOnlySpan<byte> command) => TryAccept(portal, command);

    public bool TryAccept(int portal, ReadOnlySpan<byte> command)
    {
        Arrived.Add("command");
        LastCommand = command.ToArray();
        return AcceptsCommands;
    }

    public uint Read32(uint offset) => (uint)_registers.GetValueOrDefault(offset);

    public ulong Read64(uint offset) => _registers.GetValueOrDefault(offset);

    public void Write32(uint offset, uint value) => _registers[offset] = value;

    public void Write64(uint offset, ulong value) => _registers[offset] = value;
}
