using System.Buffers.Binary;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A portal of a function behind its link.</summary>
internal sealed class LinkedPortal(EndpointPort port, int number) : ICommandPortal
{
    private const int CommandLength = 64;
    private const uint Replaced = Privileged | Pasid.Count - 1;
    private const uint Privileged = 1u << 31;

    public void Post(ReadOnlySpan<byte> command)
    {
        CheckLength(command);
        port.Post(FabricMessageKind.CommandWrite, (ulong)number, CommandLength, 0, port.Copy(command));
    }

    public bool TryEnqueue(ReadOnlySpan<byte> command, Pasid pasid, bool privileged = false)
    {
        CheckLength(command);
        port.Down.DeliverPosted();
        if (!port.IsAttached)
            return false;
        Span<byte> stamped = stackalloc byte[CommandLength];
        command.CopyTo(stamped);
        uint kept = BinaryPrimitives.ReadUInt32LittleEndian(stamped) & ~Replaced;
        BinaryPrimitives.WriteUInt32LittleEndian(stamped, kept | pasid.Value | (privileged ? Privileged : 0));
        bool accepted = port.Endpoint.TryAccept(number, stamped);
        port.Up.DeliverPosted();
        return accepted;
    }

    private static void CheckLength(ReadOnlySpan<byte> command)
    {
        if (command.Length != CommandLength)
            throw new ArgumentException($"A command has {command.Length} bytes. It must have {CommandLength}.", nameof(command));
    }
}
