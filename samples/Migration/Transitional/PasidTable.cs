using IoAsid.Typed;
using IoAsid.Typed.Migration;

namespace Migration.Transitional;

/// <summary>The unchanged table of the driver: one for all owners, with data of any type.</summary>
public sealed class PasidTable(IoAsidSpace space)
{
    public int Lookups { get; private set; }

    [UntypedIoAsidLookup]
    public object? Find(RawIoAsid pasid)
    {
        Lookups++;
        return UntypedLookup.Find(space, null, pasid, null);
    }
}
