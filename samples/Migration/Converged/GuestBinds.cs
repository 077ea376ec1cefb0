using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Binds the page tables of one virtual machine. Its set finds its own ids and no others.</summary>
public sealed class GuestBinds(string machine, IoAsidReader<GuestSvaBinding> own)
{
    public string Bind(RawIoAsid pasid)
    {
        using IoAsidHold<GuestSvaBinding> hold = own.Hold(pasid);
        return hold.IsHeld ? $"{machine} is bound to the memory of {hold.Data.Machine}" : "refused";
    }
}
