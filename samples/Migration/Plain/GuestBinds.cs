namespace Migration.Plain;

/// <summary>Binds page tables of guests. A guest names the PASID itself.</summary>
public sealed class GuestBinds(PasidTable table)
{
    private readonly List<string> _bound = [];

    /// <summary>The machines that have bound a page table, in their order.</summary>
    public IReadOnlyList<string> Bound => _bound;

    /// <summary>Binds a guest's page table to a PASID. The owner of the PASID is not checked.</summary>
    public string Bind(string machine, uint pasid)
    {
        if (table.Lookup(pasid) is not GuestSvaBinding guest)
            return "refused";

        _bound.Add(machine);
        return $"{machine} is bound to the memory of {guest.Machine}";
    }
}
