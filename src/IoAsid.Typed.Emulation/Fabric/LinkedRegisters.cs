using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The registers of a function behind its link. Writes are posted. A read delivers earlier posted messages first.</summary>
internal sealed class LinkedRegisters(EndpointPort port) : IRegisterBlock
{
    public uint Read32(uint offset) => Read(offset, static (file, offset) => file.Read32(offset), uint.MaxValue);

    public ulong Read64(uint offset) => Read(offset, static (file, offset) => file.Read64(offset), ulong.MaxValue);

    public void Write32(uint offset, uint value) => port.Post(FabricMessageKind.RegisterWrite, offset, sizeof(uint), value);

    public void Write64(uint offset, ulong value) => port.Post(FabricMessageKind.RegisterWrite, offset, sizeof(ulong), value);

    private T Read<T>(uint offset, Func<IRegisterBlock, uint, T> read, T ifAbsent)
    {
        port.Down.DeliverPosted();
        if (!port.IsAttached)
            return ifAbsent;
        T value = read(port.Endpoint.RegisterFile, offset);
        port.Up.DeliverPosted();
        return value;
    }
}
