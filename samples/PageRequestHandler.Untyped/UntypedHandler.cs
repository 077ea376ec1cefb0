using IoAsid.Typed;
using IoAsid.Typed.Migration;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageRequestHandler.Untyped;

/// <summary>
/// Serves page requests as in the proposal of 2019. The handler has a number without its set, and looks in every set.
/// </summary>
public sealed class UntypedHandler(IoAsidSpace pasids)
{
    public PageResponse Serve(RawIoAsid pasid, ulong address)
    {
        PageTables? process = (PageTables?)UntypedLookup.Find(pasids, null, pasid, null);
        if (process is null)
            return PageResponse.InvalidRequest;
        process.MapNewPage(address);
        return PageResponse.Success;
    }
}
