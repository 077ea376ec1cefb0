using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>Memory of this process, mapped for a device.</summary>
internal sealed class VfioDmaMemory(VfioDmaAddressSpace space, DmaMemory memory, IoasMapping mapping) : IDmaMemory, IDisposable
{
    public ulong Address => mapping.Address;

    public long Length => memory.Length;

    public void Read(long offset, Span<byte> destination) => memory.Read(offset, destination);

    public void Write(long offset, ReadOnlySpan<byte> source) => memory.Write(offset, source);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        mapping.Dispose();
        memory.Dispose();
        space.Remove(this);
    }
}
