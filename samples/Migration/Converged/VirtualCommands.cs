using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Returns numbers to the hypervisor. The result of the free tells whether a device still uses the number.</summary>
public static class VirtualCommands
{
    public static string Free(IoAsidHandle<AuxiliaryDomain> handle) =>
        handle.Free() == IoAsidFreeResult.Reclaimed ? "returned" : "still in use";
}
