using IoAsid.Typed;
using IoAsid.Typed.Migration;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageRequestHandler.Untyped;

/// <summary>
/// Serves page requests as the proposal of 2019 had it. The handler has a number, does not know whose set it belongs to, and looks in every set.
/// </summary>
public sealed class UntypedHandler(IoAsidSpace pasids)
{
    public PageRequestResponseCode Serve(RawIoAsid pasid, ulong address)
    {
        PageTables? process = (PageTables?)UntypedLookup.Find(pasids, null, pasid, null);
        if (process is null)
            return PageRequestResponseCode.InvalidRequest;
        process.MapNewPage(address);
        return PageRequestResponseCode.Success;
    }
}
