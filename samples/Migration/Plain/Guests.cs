namespace Migration.Plain;

/// <summary>Binds page tables of guests. A guest names the PASID itself.</summary>
public sealed class Guests(PasidTable table)
{
    /// <summary>Binds a guest's page table to a PASID. The owner of the PASID is not checked.</summary>
    public string Bind(string machine, uint pasid) => table.Lookup(pasid) switch
    {
        GuestBinding guest => $"{machine} is bound to the memory of {guest.Machine}",
        _ => "refused",
    };
}
