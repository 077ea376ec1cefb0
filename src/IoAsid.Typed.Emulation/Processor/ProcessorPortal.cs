using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A portal as processors see it. Hardware steps can run before each command.</summary>
internal sealed class ProcessorPortal(ProcessorBus bus, ICommandPortal portal) : ICommandPortal
{
    public void Post(ReadOnlySpan<byte> command)
    {
        bus.BeforeAccess();
        portal.Post(command);
    }

    public bool TryEnqueue(ReadOnlySpan<byte> command, Pasid pasid, bool privileged = false)
    {
        bus.BeforeAccess();
        return portal.TryEnqueue(command, pasid, privileged);
    }
}
