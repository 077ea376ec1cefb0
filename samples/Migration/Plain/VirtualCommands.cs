namespace Migration.Plain;

/// <summary>Commands of the hypervisor about PASIDs of auxiliary domains.</summary>
public sealed class VirtualCommands(PasidTable table)
{
    private readonly HashSet<uint> _allocated = [];

    /// <summary>The number of allocated PASIDs.</summary>
    public int Outstanding => _allocated.Count;

    /// <summary>Allocates a PASID for a domain.</summary>
    public uint Allocate(AuxiliaryDomain domain)
    {
        uint pasid = table.Register(domain);
        _allocated.Add(pasid);
        return pasid;
    }

    /// <summary>Returns a PASID to the hypervisor, unless the table still has it. Devices that use it are not considered.</summary>
    public string Free(uint pasid)
    {
        if (!_allocated.Remove(pasid))
            return "never allocated";

        table.Unregister(pasid);
        return table.Lookup(pasid) is null ? "returned" : "still in use";
    }
}
