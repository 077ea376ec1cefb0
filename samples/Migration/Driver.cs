using IoAsid.Typed;

namespace Migration;

/// <summary>What every stage of the driver can do.</summary>
/// <param name="Serve">Answers a page request.</param>
/// <param name="Describe">Says what is behind a PASID.</param>
/// <param name="Bind">Binds a guest's page table, for a virtual machine.</param>
/// <param name="Free">Frees a PASID and says whether its number went back.</param>
public sealed record Driver(
    Func<RawIoAsid, string> Serve,
    Func<RawIoAsid, string> Describe,
    Func<string, RawIoAsid, string> Bind,
    Func<IoAsidHandle<AuxiliaryDomain>, string> Free);
