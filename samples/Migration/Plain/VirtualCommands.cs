namespace Migration.Plain;

/// <summary>Commands of the hypervisor about PASIDs of auxiliary domains.</summary>
public sealed class VirtualCommands(PasidTable table)
{
    private readonly HashSet<uint> _given = [];

    /// <summary>The number of PASIDs that the hypervisor has given and not taken back.</summary>
    public int Outstanding => _given.Count;

    /// <summary>Gives a domain a PASID.</summary>
    public uint Allocate(AuxiliaryDomain domain)
    {
        uint pasid = table.Register(domain);
        _given.Add(pasid);
        return pasid;
    }

    /// <summary>Gives a PASID back to the hypervisor, unless it is still in use. Devices that use it are not asked.</summary>
    public string Free(uint pasid)
    {
        if (!_given.Remove(pasid))
            return "never given";

        table.Unregister(pasid);
        return table.Lookup(pasid) is null ? "given back" : "still in use";
    }
}
