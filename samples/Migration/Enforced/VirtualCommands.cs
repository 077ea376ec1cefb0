using IoAsid.Typed;

namespace Migration.Enforced;

/// <summary>Gives numbers back to the hypervisor, unless somebody still uses them.</summary>
public sealed class VirtualCommands(PasidTable table)
{
    public string Free(IoAsidHandle<AuxiliaryDomain> handle)
    {
        handle.Free();
        return table.Find(handle.Id) is null ? "given back" : "still in use";
    }
}
