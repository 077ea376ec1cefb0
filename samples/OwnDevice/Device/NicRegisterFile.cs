using IoAsid.Typed.Hardware;

namespace OwnDevice;

/// <summary>The registers as the processor reaches them. A read has no effect; accesses of 4 bytes reach the lower half only.</summary>
internal sealed class NicRegisterFile(EmulatedNic nic) : IRegisterBlock
{
    private static readonly NicQueueKind[] s_queues = Enum.GetValues<NicQueueKind>();

    public uint Read32(uint offset) => (uint)Read64(offset);

    public void Write32(uint offset, uint value) => Write64(offset, value);

    public ulong Read64(uint offset)
    {
        if (offset == NicRegisters.Capabilities)
            return new NicCapabilities { RingEntries = nic.Options.RingEntries, LongestFrame = EmulatedNic.LongestFrame }.Bits;
        if (offset == NicRegisters.CommandStatus)
            return new NicCommandStatus { Busy = nic.IsStopping }.Bits;
        foreach (NicQueueKind kind in s_queues)
        {
            NicQueue queue = nic.Queue(kind);
            if (offset == NicRegisters.Configuration(kind))
                return queue.Configuration.Bits;
            if (offset == NicRegisters.Ring(kind))
                return queue.Ring;
            if (offset == NicRegisters.Tail(kind))
                return queue.Tail;
            if (offset == NicRegisters.Head(kind))
                return queue.Head;
        }

        return 0;
    }

    public void Write64(uint offset, ulong value)
    {
        if (offset == NicRegisters.Command)
            nic.Begin(new NicCommand(value));
        foreach (NicQueueKind kind in s_queues)
        {
            NicQueue queue = nic.Queue(kind);
            if (offset == NicRegisters.Configuration(kind))
                queue.Configuration = new NicQueueConfiguration(value);
            else if (offset == NicRegisters.Ring(kind))
                queue.Ring = value;
            else if (offset == NicRegisters.Tail(kind))
                nic.Ring(queue, (uint)value);
        }
    }
}
