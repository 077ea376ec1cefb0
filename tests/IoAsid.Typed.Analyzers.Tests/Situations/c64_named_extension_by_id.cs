// source: dotnet/roslyn#81081 - is there any spelling by which a user can name an extension-block member?
//# ioasid.untyped_lookup_methods = M:Vendor.TableExtensions.Find(Vendor.Table,System.UInt32), P:Vendor.TableExtensions.Current, M:Vendor.TableExtensions.get_Current(Vendor.Table)
namespace Vendor
{
    public sealed class Table;

    public static class TableExtensions
    {
        extension(Table table)
        {
            public object? Find(uint id) => null;
            public object? Current => null;
        }
    }

    static class Use
    {
        static object? New(Table table) => table.Find(5); //! IOASID1001
        static object? Property(Table table) => table.Current; //! IOASID1001
    }
}
