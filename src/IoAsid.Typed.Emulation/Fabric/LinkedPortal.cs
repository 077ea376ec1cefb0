using System.Buffers.Binary;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A portal of a function behind its link.</summary>
internal sealed class LinkedPortal(EndpointPort port, int number) : ICommandPortal
{
    private const int CommandLength = 64;
    private const uint Replaced = Privileged | LargestPasid;
    private const uint Privileged = 1u << 31;
    private const uint LargestPasid = (1u << 20) - 1;

    public void Post(ReadOnlySpan<byte> command)
    {
        CheckLength(command);
        port.Post(FabricMessageKind.CommandWrite, (ulong)number, CommandLength, 0, port.Copy(command));
    }

    public bool TryEnqueue(ReadOnlySpan<byte> command, uint pasid, bool privileged = false)
    {
        CheckLength(command);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pasid, LargestPasid);
        port.Down.DeliverPosted();
        if (!port.IsAttached)
            return false;
        Span<byte> stamped = stackalloc byte[CommandLength];
        command.CopyTo(stamped);
        uint kept = BinaryPrimitives.ReadUInt32LittleEndian(stamped) & ~Replaced;
        BinaryPrimitives.WriteUInt32LittleEndian(stamped, kept | pasid | (privileged ? Privileged : 0));
        bool accepted = port.Endpoint.TryAccept(number, stamped);
        port.Up.DeliverPosted();
        return accepted;
    }

    private static void CheckLength(ReadOnlySpan<byte> command)
    {
        if (command.Length != CommandLength)
            throw new ArgumentException($"A command has {CommandLength} bytes, not {command.Length}.", nameof(command));
    }
}
