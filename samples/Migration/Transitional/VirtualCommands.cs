using IoAsid.Typed;

namespace Migration.Transitional;

/// <summary>Returns numbers to the hypervisor, unless a device still uses them.</summary>
public sealed class VirtualCommands(PasidTable table)
{
    public string Free(IoAsidHandle<AuxiliaryDomain> handle)
    {
        handle.Free();
        return table.Find(handle.Id) is null ? "returned" : "still in use";
    }
}
