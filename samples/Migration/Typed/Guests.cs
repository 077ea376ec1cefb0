using IoAsid.Typed;

namespace Migration.Typed;

/// <summary>Binds page tables of one virtual machine. Its set finds its own ids and no others.</summary>
public sealed class Guests(string machine, IoAsidReader<GuestBinding> own)
{
    public string Bind(RawIoAsid pasid)
    {
        using IoAsidHold<GuestBinding> hold = own.Hold(pasid);
        return hold.IsHeld ? $"{machine} is bound to the memory of {hold.Data.Machine}" : "refused";
    }
}
