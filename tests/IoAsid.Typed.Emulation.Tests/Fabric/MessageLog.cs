namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The record of the messages of a fabric.</summary>
internal sealed class MessageLog : IFabricObserver
{
    public List<string> Lines { get; } = [];

    public void Sent(in FabricMessage message) => Lines.Add($"sent {message}");

    public void Arriving(in FabricMessage message) => Lines.Add($"arriving {message}");

    public void Dropped(in FabricMessage message, CompletionStatus status) => Lines.Add($"dropped {message}");

    public void Lost(in FabricMessage message) => Lines.Add($"lost {message}");
}
