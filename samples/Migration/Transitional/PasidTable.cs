using IoAsid.Typed;
using IoAsid.Typed.Migration;

namespace Migration.Transitional;

/// <summary>The table as the driver always had it: one for everybody, and what comes out may be anything.</summary>
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
